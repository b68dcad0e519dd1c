"""The one line that buys something."""


def first_sale(edge: str) -> str:
    """A line to paste into a shell: registers a customer, fills the cart with what is in stock, and pays.

    It needs curl and sed alone, so it is a chain of four calls, each taking what it needs out of the answer before.
    """
    api = f"{edge}/api/v1"
    json = "-H 'content-type: application/json'"
    pick = 'sed -E \'s/.*"{name}":"([^"]+)".*/\\1/\''
    token, variant, total = (pick.format(name=name) for name in ("accessToken", "variantId", "amount"))
    register = '{"email":"me-\'$RANDOM$RANDOM\'@example.com","password":"correct horse battery","displayName":"Me"}'
    address = '{"name":"Me","line1":"1 Market Street","city":"Berlin","postalCode":"10115","country":"DE"}'
    order = (
        f'{{"shippingAddress":{address},"payments":[{{"provider":"stripe","token":"pm_card_visa"}}],'
        '"expectedTotal":{"currency":"EUR","amount":"\'$A\'"}}'
    )
    return (
        f"T=$(curl -s {json} -d '{register}' {api}/auth/register | {token}); "
        f'P=$(curl -s \'{api}/products?pageSize=1\' | sed -E \'s/.*"productId":"([^"]+)".*/\\1/\'); '
        f"V=$(curl -s {api}/products/$P | {variant}); "
        f'A=$(curl -s {json} -H "authorization: Bearer $T" -d \'{{"variantId":"\'$V\'","quantity":1}}\' '
        f"{api}/cart/items | grep -o '\"total\":{{[^}}]*}}' | {total}); "
        f'curl -s {json} -H "authorization: Bearer $T" -H "idempotency-key: $RANDOM$RANDOM" '
        f"-d '{order}' {api}/orders"
    )
