"""Scale protocols: one pure codec each. `devices.scale` holds the conversation."""
