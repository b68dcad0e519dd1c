"""TLS at the listener: version 1.3 alone."""

from pathlib import Path

from envoy_data_plane.envoy.config.core.v3 import DataSource, TransportSocket
from envoy_data_plane.envoy.extensions.transport_sockets.tls.v3 import (
    CommonTlsContext,
    DownstreamTlsContext,
    TlsCertificate,
    TlsParameters,
    TlsParametersTlsProtocol,
)

from edge.typed import packed


def server_socket(certificate: Path, key: Path) -> TransportSocket:
    """The listener's side of TLS."""
    context = CommonTlsContext(
        tls_params=TlsParameters(tls_minimum_protocol_version=TlsParametersTlsProtocol.TLSv1_3),
        tls_certificates=[
            TlsCertificate(
                certificate_chain=DataSource(filename=str(certificate)), private_key=DataSource(filename=str(key))
            )
        ],
        alpn_protocols=["h2", "http/1.1"],
    )
    return TransportSocket(
        name="envoy.transport_sockets.tls", typed_config=packed(DownstreamTlsContext(common_tls_context=context))
    )
