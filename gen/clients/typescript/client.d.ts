import type { DescService } from "@bufbuild/protobuf";
import type { Client, Interceptor, Transport } from "@connectrpc/connect";

export { Code, ConnectError } from "@connectrpc/connect";

/** Where the market is and who calls. */
export interface SoukOptions {
  /** The address of the edge, without a path: `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Gives the present access token; undefined for a guest. Asked before each call. */
  token?: () => string | undefined | Promise<string | undefined>;
  /** Headers of every call, for example `{ "x-cart-token": … }`. */
  headers?: Record<string, string>;
  /** The longest that a call may take, in milliseconds. Default: 30,000. */
  timeoutMs?: number;
  /** Further interceptors, run after the market's own. */
  interceptors?: Interceptor[];
}

/** Makes the transport that all clients of one market share. */
export declare function createSoukTransport(options: SoukOptions): Transport;

/** Makes a typed client of one service. Errors are Connect's `ConnectError`; its details hold the `ErrorInfo`. */
export declare function createSoukClient<T extends DescService>(service: T, options: SoukOptions): Client<T>;
