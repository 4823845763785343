"""Write the files of a project and hold them against its plan, as `generate` does."""

from __future__ import annotations

from collections.abc import Mapping

from brokerspec.plan_project import Project
from brokerspec.plan_shape import parts_of
from brokerspec.render import project_pages
from brokerspec.shape import check


def render_project(project: Project) -> dict[str, str]:
    """Return the files of a project, the package among them, not yet formatted."""
    return {name: page.text() for name, page in project_pages(project).items()}


def check_project(files: Mapping[str, str], project: Project) -> None:
    """Raise SpecError for the first file that is not as planned."""
    for part in parts_of(project_pages(project), project):
        check({name: files[name] for name in part.pages}, part.promise, part.modules)
