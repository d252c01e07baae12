from tight_tasks import tasks

namespace = tasks()
