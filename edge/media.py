"""Pictures from a folder of the machine that the edge stands on."""

from pathlib import Path

from envoy_data_plane.envoy.config.common.mutation_rules.v3 import HeaderMutation
from envoy_data_plane.envoy.config.route.v3 import DirectResponseAction, Route, RouteMatch
from envoy_data_plane.envoy.extensions.common.async_files.v3 import (
    AsyncFileManagerConfig,
    AsyncFileManagerConfigThreadPool,
)
from envoy_data_plane.envoy.extensions.filters.http.file_server.v3 import (
    FileServerConfig,
    FileServerConfigPathMapping,
)
from envoy_data_plane.envoy.extensions.filters.http.header_mutation.v3 import HeaderMutationPerRoute, Mutations
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Any

from edge import headers
from edge.typed import header, http_filter, packed

_PREFIX = "/media/"
_CONTENT_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
}
_KEPT_SECONDS = 3600
_THREADS = 2


def file_server(folder: Path) -> HttpFilter:
    """Answers GET /media/... from the folder; the headers of every answer keep a picture from acting as a page."""
    return http_filter(
        "envoy.filters.http.file_server",
        FileServerConfig(
            manager_config=AsyncFileManagerConfig(thread_pool=AsyncFileManagerConfigThreadPool(thread_count=_THREADS)),
            path_mappings=[FileServerConfigPathMapping(request_path_prefix=_PREFIX, file_path_prefix=f"{folder}/")],
            content_types=_CONTENT_TYPES,
            default_content_type="application/octet-stream",
        ),
    )


def media_route(open_filters: dict[str, Any]) -> Route:
    """The route of /media/: its answers may be kept."""
    kept = HeaderMutation(append=header("cache-control", f"public, max-age={_KEPT_SECONDS}"))
    mutations = HeaderMutationPerRoute(mutations=Mutations(response_mutations=[kept]))
    return Route(
        name="/media",
        match=RouteMatch(prefix=_PREFIX),
        direct_response=DirectResponseAction(status=404),
        typed_per_filter_config={**open_filters, headers.NAME: packed(mutations)},
    )
