"""Whether a message announced by its words alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What is known already keeps its None: the rules are asked about its words, as until now."""
    op.add_column("announcement", sa.Column("by_itself", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("announcement", "by_itself")
