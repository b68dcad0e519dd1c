-- The rows of one batch of paid orders, from `grown_orders` and `grown_lines`, which COPY has filled.

-- sums
CREATE TEMP TABLE batch_lines ON COMMIT DROP AS
SELECT o.number, l.line, o.order_id, o.place_time, pg_temp.id_at(o.place_time, o.number || ' line ' || l.line) AS line_id,
       pg_temp.id_at(o.place_time, o.number || ' part ' || g.shop_id) AS seller_order_id,
       g.*, l.quantity, g.price * l.quantity AS amount,
       round(g.price * l.quantity * g.commission_bps / 10000.0)::bigint AS commission
FROM grown_lines l JOIN grown_orders o USING (number) JOIN goods g ON g.good = l.good;

CREATE TEMP TABLE batch_orders ON COMMIT DROP AS
SELECT o.*, c.user_id, c.cart_id, c.shipping_address, c.billing_address, s.currency, s.amount, s.item_count,
       pg_temp.id_at(o.place_time, o.number || ' payment') AS payment_id,
       pg_temp.id_at(o.place_time, o.number || ' capture') AS transaction_id,
       o.place_time + interval '400 ms' AS pay_time,
       o.place_time < now() - interval '30 days' AS is_over,
       o.place_time + interval '3 days' AS arrive_time
FROM grown_orders o JOIN grown_customers c USING (customer) JOIN (
  SELECT number, min(currency) AS currency, sum(amount)::bigint AS amount, sum(quantity)::int AS item_count
  FROM batch_lines GROUP BY number) s USING (number);

CREATE TEMP TABLE batch_parts ON COMMIT DROP AS
SELECT l.seller_order_id, l.shop_id, min(l.line) AS first_line, sum(l.amount)::bigint AS amount,
       sum(l.amount - l.commission)::bigint AS earned, sum(l.commission)::bigint AS commission,
       jsonb_object_agg(l.line_id, l.quantity) AS quantities, l.number
FROM batch_lines l GROUP BY l.number, l.seller_order_id, l.shop_id;

-- orders
INSERT INTO "order".orders (id, order_number, user_id, cart_id, cart_version, place_key, state, payment_state,
  fulfilment_state, status, currency, subtotal_amount, discount_amount, shipping_amount, tax_amount, total_amount,
  item_count, shipping_address_sealed, billing_address_sealed, history, pay_time, deliver_time, version, place_time,
  update_time)
SELECT order_id, order_number, user_id, cart_id, number, 'growth-' || number,
  CASE WHEN is_over THEN 'COMPLETED' ELSE 'CONFIRMED' END, 'PAID',
  CASE WHEN is_over THEN 'DELIVERED' ELSE 'UNFULFILLED' END, CASE WHEN is_over THEN 'COMPLETED' ELSE 'PAID' END,
  currency, amount, 0, 0, 0, amount, item_count, shipping_address, billing_address,
  jsonb_build_array(jsonb_build_array('PENDING', place_time, ''), jsonb_build_array('PAID', pay_time, ''))
    || CASE WHEN is_over THEN jsonb_build_array(
      jsonb_build_array('SHIPPED', arrive_time - interval '2 days', ''),
      jsonb_build_array('DELIVERED', arrive_time, ''),
      jsonb_build_array('COMPLETED', arrive_time + interval '14 days', '')) ELSE '[]' END,
  pay_time, CASE WHEN is_over THEN arrive_time END, CASE WHEN is_over THEN 5 ELSE 2 END, place_time,
  CASE WHEN is_over THEN arrive_time + interval '14 days' ELSE pay_time END
FROM batch_orders ORDER BY number;

INSERT INTO "order".seller_orders (id, order_id, shop_id, position, fulfilment_state, status, currency, subtotal_amount,
  discount_amount, shipping_amount, tax_amount, total_amount, confirm_time)
SELECT p.seller_order_id, o.order_id, p.shop_id,
  row_number() OVER (PARTITION BY p.number ORDER BY p.first_line) - 1,
  CASE WHEN is_over THEN 'DELIVERED' ELSE 'UNFULFILLED' END, CASE WHEN is_over THEN 'COMPLETED' ELSE 'PAID' END,
  o.currency, p.amount, 0, 0, 0, p.amount, o.pay_time
FROM batch_parts p JOIN batch_orders o USING (number) ORDER BY number;

INSERT INTO "order".order_lines (id, order_id, seller_order_id, shop_id, variant_id, product_id, title, sku, options,
  image_url, quantity, shipped_quantity, currency, unit_amount, discount_amount, shipping_amount, tax_amount,
  commission_bps, commission_amount)
SELECT l.line_id, l.order_id, l.seller_order_id, l.shop_id, l.variant_id, l.product_id, l.title, l.sku, l.options,
  l.image_url, l.quantity, CASE WHEN o.is_over THEN l.quantity ELSE 0 END, l.currency, l.price, 0, 0, 0,
  l.commission_bps, l.commission
FROM batch_lines l JOIN batch_orders o USING (number) ORDER BY l.number, l.line;

INSERT INTO "order".shipments (id, seller_order_id, carrier, tracking_number, quantities, ship_time, deliver_time)
SELECT pg_temp.id_at(o.arrive_time, o.number || ' shipment ' || p.shop_id), p.seller_order_id, 'DHL',
  'GROWTH-' || o.number, p.quantities, o.arrive_time - interval '2 days', o.arrive_time
FROM batch_parts p JOIN batch_orders o USING (number) WHERE o.is_over ORDER BY number;

INSERT INTO "order".order_payments (id, order_id, position, provider, currency, amount, state, key, create_time,
  update_time)
SELECT payment_id, order_id, 0, 'stripe', currency, amount, 'CAPTURED', 'growth-' || number, place_time, pay_time
FROM batch_orders ORDER BY number;

INSERT INTO "order".order_sagas (order_id, goal, state, due_time, fence, run_time)
SELECT order_id, 'PAY', 'DONE', place_time + interval '15 min', 1, place_time FROM batch_orders ORDER BY number;

-- money
INSERT INTO payment.payments (id, order_id, user_id, provider, amount, currency, state, captured_amount,
  provider_reference, chargeable, check_time, create_time, update_time)
SELECT payment_id, order_id, user_id, 'stripe', amount, currency, 'CAPTURED', amount, 'pi_growth_' || number, false,
  place_time, place_time, pay_time
FROM batch_orders ORDER BY number;

INSERT INTO payment.payment_lines (payment_id, line_id, shop_id, quantity, seller_amount, commission_amount)
SELECT o.payment_id, l.line_id, l.shop_id, l.quantity, l.amount - l.commission, l.commission
FROM batch_lines l JOIN batch_orders o USING (number) ORDER BY l.number, l.line;

INSERT INTO payment.ledger_transactions (id, kind, reference_id, order_id, post_time)
SELECT transaction_id, 'CAPTURE', payment_id, order_id, pay_time FROM batch_orders ORDER BY number;

INSERT INTO payment.ledger_postings (transaction_id, account, shop_id, amount, currency)
SELECT transaction_id, account, shop_id, posted, currency FROM (
  SELECT number, transaction_id, 'provider_clearing' AS account, NULL::uuid AS shop_id, amount AS posted, currency
  FROM batch_orders
  UNION ALL
  SELECT number, o.transaction_id, 'seller_payable', p.shop_id, -p.earned, o.currency
  FROM batch_parts p JOIN batch_orders o USING (number)
  UNION ALL
  SELECT number, o.transaction_id, 'commission_earned', NULL, -sum(p.commission), o.currency
  FROM batch_parts p JOIN batch_orders o USING (number) GROUP BY number, o.transaction_id, o.currency
) AS postings WHERE posted <> 0 ORDER BY number;

-- stock
INSERT INTO inventory.reservations (order_id, state, expire_time, create_time, update_time)
SELECT order_id, 'COMMITTED', place_time + interval '15 min', place_time, pay_time FROM batch_orders ORDER BY number;

INSERT INTO inventory.reservation_lines (order_id, variant_id, location, quantity, state, expire_time)
SELECT order_id, variant_id, 'default', quantity, 'COMMITTED', place_time + interval '15 min' FROM batch_lines
ORDER BY number, line;

CREATE TEMP TABLE batch_stock ON COMMIT DROP AS
SELECT s.variant_id, s.version, l.quantity, l.count, l.begin_time FROM inventory.stock s JOIN (
  SELECT variant_id, sum(quantity)::int AS quantity, count(*) AS count, min(place_time) AS begin_time
  FROM batch_lines GROUP BY variant_id) l USING (variant_id)
WHERE s.location = 'default' ORDER BY variant_id FOR UPDATE OF s;

INSERT INTO inventory.movements (variant_id, location, version, kind, on_hand_delta, reserved_delta, order_id, reason,
  create_time)
SELECT variant_id, 'default', version, kind, on_hand, reserved, order_id, '', move_time FROM (
  SELECT variant_id, version + 1 AS version, 'RECEIVED' AS kind, quantity AS on_hand, 0 AS reserved,
    NULL::uuid AS order_id, begin_time AS move_time
  FROM batch_stock
  UNION ALL
  SELECT l.variant_id, s.version + 2 * l.turn + step, CASE step WHEN 0 THEN 'RESERVED' ELSE 'COMMITTED' END,
    -step * l.quantity, (1 - 2 * step) * l.quantity, l.order_id, l.place_time + step * interval '500 ms'
  FROM (SELECT *, row_number() OVER (PARTITION BY variant_id ORDER BY number) AS turn FROM batch_lines) l
  JOIN batch_stock s USING (variant_id) CROSS JOIN (VALUES (0), (1)) AS steps (step)
) AS moves ORDER BY move_time;

UPDATE inventory.stock s SET version = s.version + 1 + 2 * b.count, update_time = b.begin_time
FROM batch_stock b WHERE s.variant_id = b.variant_id AND s.location = 'default';
