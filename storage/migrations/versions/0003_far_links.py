"""A graph of embeddings whose links leave the neighbourhood: among a million products those of pgvector's own
measure do not, and a tenth of the nearest is lost.

In a large catalogue a product has hundreds of near relatives. Whom it is linked to is chosen among
`ef_construction` candidates: 64 are all relatives, and a search that comes down among the wrong ones seldom
gets away from them. 256 look beyond. More links (`m`) help no more than they cost (docs/model-card-log.md).
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _rebuild("WITH (m = 16, ef_construction = 256)")


def downgrade() -> None:
    _rebuild("")


def _rebuild(options: str) -> None:
    # So that it is built in memory, many times faster; only what it needs is taken, 1.2 kB a product.
    # By one process: several would share it by way of /dev/shm, which containers keep small.
    op.execute("SET LOCAL maintenance_work_mem = '1GB'")
    op.execute("SET LOCAL max_parallel_maintenance_workers = 0")
    op.execute("DROP INDEX products_embedding")
    op.execute(
        f"CREATE INDEX products_embedding ON products USING hnsw (embedding halfvec_cosine_ops) {options}"
    )
