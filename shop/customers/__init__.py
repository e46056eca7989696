"""What is known of a customer: tastes, measures, photos, mood."""
