"""What was thought of a pair when people answered its warning."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Of a pair the oldest warning that a channel was given.
_WARNING = """
    (SELECT warning.{column} FROM "match" AS warning JOIN overlap ON overlap.id = feedback.overlap_id
     WHERE warning.workspace_id = feedback.workspace_id AND warning.shown_to = 'channel'
       AND ((warning.initiative_id = overlap.first_id AND warning.candidate_id = overlap.second_id)
         OR (warning.initiative_id = overlap.second_id AND warning.candidate_id = overlap.first_id))
     ORDER BY warning.created_at, warning.id LIMIT 1)
"""


def upgrade() -> None:
    """Forward. Answers whose warning still stands get what it says."""
    op.add_column("feedback", sa.Column("probability", sa.Float(), nullable=True))
    op.add_column("feedback", sa.Column("matcher", sa.String(), server_default="", nullable=False))
    op.add_column("feedback", sa.Column("warned_at", sa.BigInteger(), nullable=True))
    probability, matcher, warned_at = (_WARNING.format(column=name) for name in ("probability", "matcher", "created_at"))
    op.execute(
        f"UPDATE feedback SET probability = {probability}, matcher = coalesce({matcher}, ''), warned_at = {warned_at}"  # noqa: S608 - no value from outside
    )


def downgrade() -> None:
    """Back."""
    op.drop_column("feedback", "warned_at")
    op.drop_column("feedback", "matcher")
    op.drop_column("feedback", "probability")
