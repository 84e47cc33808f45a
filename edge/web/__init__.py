"""The store's HTTP API: for tills, for other systems' tills, and for who looks after the store."""
