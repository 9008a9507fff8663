"""How a passkey is kept: its public key, never anything that could open an account by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Moment

# The longest credential id there may be, 1,023 bytes (WebAuthn level 2, 4), in base64url.
CREDENTIAL_MOST = 1_400
NAME_MOST = 60


class PasskeyRow(Base):
    """One passkey of one account."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    credential: Mapped[str] = mapped_column(String(CREDENTIAL_MOST), unique=True)  # base64url
    public_key: Mapped[bytes]
    # Some authenticators count their signatures; a copy would fall behind.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
