"""Which process analyses which initiative's text."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "analysisclaim",
        sa.Column("initiative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.ForeignKey("initiative.id"), primary_key=True),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("analysisclaim")
