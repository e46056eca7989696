"""Matrix, as an application service: https://spec.matrix.org/latest/application-service-api/"""

from bot.channels.matrix.channel import Matrix, registration

__all__ = (
    "Matrix",
    "registration",
)
