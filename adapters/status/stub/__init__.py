"""A stub of the registration status service: fictional candidates over real HTTP, with faults to order. Knows no client."""
