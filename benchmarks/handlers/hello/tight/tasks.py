"""What `invoke` offers in this app: the tasks of Tight."""

from tight_tasks import tasks

namespace = tasks()
