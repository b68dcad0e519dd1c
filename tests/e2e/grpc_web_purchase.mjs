// Registers, fills a cart and buys with the generated TypeScript client over Connect's gRPC-web transport.
// Arguments: the edge's address, a mail address, the variants to buy. Prints what it bought as JSON.
import {
  AuthService,
  CartService,
  Code,
  ConnectError,
  OrderService,
  createSoukClient,
} from "../../gen/clients/typescript/index.js";
import { OrderStatus_Value } from "../../gen/clients/typescript/souk/order/v1/status_pb.js";

const [baseUrl, email, ...variantIds] = process.argv.slice(2);
const password = "a quiet harbour at dawn";

const { tokens } = await createSoukClient(AuthService, { baseUrl }).register({ email, password, displayName: "Mira" });
const signedIn = { baseUrl, token: () => tokens.accessToken };

let cart;
for (const variantId of variantIds) {
  cart = await createSoukClient(CartService, signedIn).addCartItem({ variantId, quantity: 1 });
}

const order = await createSoukClient(OrderService, signedIn).placeOrder(
  {
    shippingAddress: {
      name: "Mira Okonkwo",
      line1: "Lindenstr. 12",
      city: "Berlin",
      postalCode: "10969",
      country: "DE",
    },
    payments: [{ provider: "stripe", token: "pm_card_visa" }],
    expectedTotal: cart.total,
  },
  { headers: { "idempotency-key": crypto.randomUUID() } },
);

let guestRefused = "";
try {
  await createSoukClient(OrderService, { baseUrl }).listOrders({});
} catch (error) {
  guestRefused = Code[ConnectError.from(error).code];
}

const status = OrderStatus_Value[order.status];
const total = { currency: order.total.currency, amount: String(order.total.amount) };
console.log(JSON.stringify({ status, total, guestRefused }));
