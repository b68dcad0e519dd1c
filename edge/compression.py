"""Compression of JSON and pages; gRPC messages are left alone."""

from envoy_data_plane.envoy.extensions.compression.gzip.compressor.v3 import Gzip, GzipCompressionLevel
from envoy_data_plane.envoy.extensions.filters.http.compressor.v3 import (
    Compressor,
    CompressorCommonDirectionConfig,
    CompressorResponseDirectionConfig,
)
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter

from edge.typed import extension, http_filter

# Below this a smaller body does not pay for the work.
_LEAST_BYTES = 1024


def compressor() -> HttpFilter:
    """Compresses what is worth it, fast rather than small."""
    return http_filter(
        "envoy.filters.http.compressor",
        Compressor(
            response_direction_config=CompressorResponseDirectionConfig(
                common_config=CompressorCommonDirectionConfig(min_content_length=_LEAST_BYTES),
                weaken_etag_on_compress=True,
            ),
            compressor_library=extension("gzip", Gzip(compression_level=GzipCompressionLevel.BEST_SPEED)),
        ),
    )
