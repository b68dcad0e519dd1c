// One client for each service of the market over gRPC-web, with token, trace and idempotency key in one place.
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

export { Code, ConnectError } from "@connectrpc/connect";

/** Sets the headers that every call carries, unless the caller set them. */
function headersInterceptor(options) {
  return (next) => async (request) => {
    const token = await options.token?.();
    if (token) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (!request.header.has(name)) {
        request.header.set(name, value);
      }
    }
    return next(request);
  };
}

/** Makes the transport that all clients of one market share. */
export function createSoukTransport(options) {
  return createGrpcWebTransport({
    baseUrl: options.baseUrl,
    interceptors: [headersInterceptor(options), ...(options.interceptors ?? [])],
    defaultTimeoutMs: options.timeoutMs ?? 30_000,
  });
}

/** Makes a typed client of one service. */
export function createSoukClient(service, options) {
  return createClient(service, createSoukTransport(options));
}
