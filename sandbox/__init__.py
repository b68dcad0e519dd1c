"""A stand-in for the third parties that the market talks to: Stripe's API, and a mailbox that takes mail by SMTP."""
