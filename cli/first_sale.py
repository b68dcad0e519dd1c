"""The one line that buys something."""

# Each name is a step; a shell without arrays and a Python without libraries are all it needs.
_STEPS = (
    "A={edge}/api/v1",
    'J="content-type: application/json"',
    'get() {{ python3 -c "import json, sys; d = json.load(sys.stdin); print($1)"; }}',
    'T="authorization: Bearer $(curl -s $A/auth/register -H "$J" -d \'{{"email": "\'buyer-$(date +%s)@example.com\'",'
    ' "password": "a long first password", "displayName": "Maya"}}\' | get "d[\'tokens\'][\'accessToken\']")"',
    "P=$(curl -s $A/products | get \"next(p['productId'] for p in d['products'] if p['available'])\")",
    "V=$(curl -s $A/products/$P | get \"next(v['variantId'] for v in d['variants'] if int(v['available']) > 0)\")",
    'curl -s $A/cart/items -H "$T" -H "$J" -d "{{\\"variantId\\": \\"$V\\", \\"quantity\\": 1}}" > /dev/null',
    'S=\'{{"name": "Maya Lind", "line1": "Hafengasse 1", "city": "Wien", "postalCode": "1010", "country": "AT"}}\'',
    'Q=$(curl -s $A/orders:quote -H "$T" -H "$J" -d "{{\\"shippingAddress\\": $S}}" | get "d[\'quoteId\']")',
    'curl -s $A/orders -H "$T" -H "$J" -H "idempotency-key: $Q" -d "{{\\"shippingAddress\\": $S,'
    ' \\"quoteId\\": \\"$Q\\", \\"payments\\": [{{\\"provider\\": \\"stripe\\", \\"token\\": \\"pm_card_visa\\"}}]}}"',
)


def first_sale(edge: str) -> str:
    """A line to paste into a shell: registers a customer, puts something that is in stock into the cart, and pays."""
    return "; ".join(_STEPS).format(edge=edge)
