"""What the owner runs: start, watch, look after."""
