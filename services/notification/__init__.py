"""What the market tells people: in the apps, and by e-mail.

Emits message.sent and message.failed. Calls identity, for addresses at the moment of sending, and seller, for who runs
a shop. Takes in the events of identity, seller, order and payment.
"""
