"""From a bare box to a selling store: brokers, certificates, set-up."""
