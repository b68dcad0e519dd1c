"""gRPC's own codes for those of our errors, which do not know gRPC."""

from typing import Final

import grpc

from mesh.errors import Code

STATUS_CODES: Final = {Code(code.value[0]): code for code in grpc.StatusCode}
CODES: Final = {status: code for code, status in STATUS_CODES.items()}
