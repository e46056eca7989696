"""What the eyes see: run time only, no training."""
