import { Button } from "@mantine/core";
import { useState } from "react";
import { useProjects } from "../../api/projects";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { useRowKeys } from "../../components/useRowKeys";
import { useRemovals } from "../../lib/undo";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import { NewProject } from "./NewProject";
import { ProjectRow } from "./ProjectRow";
import css from "./ProjectsPage.module.css";
import { SortHeads } from "./SortHeads";
import { sortProjects, useSort } from "./sorting";

export function ProjectsPage() {
  const projects = useProjects();
  const removals = useRemovals();
  const [query, setQuery] = useState("");
  const [sort, setSort] = useSort();
  const [dialog, setDialog] = useFilter("new");
  const rows = useRowKeys<HTMLUListElement>();

  const mine = projects.data?.filter((project) => !removals.has(project.id));
  const text = query.trim().toLowerCase();
  const shown = sortProjects(
    (mine ?? []).filter((each) => `${each.name} ${each.description ?? ""}`.toLowerCase().includes(text)),
    sort,
  );
  const isEmpty = mine?.length === 0;

  return (
    <div className={list.page}>
      <PageHead title={texts.projects.title}>
        {!isEmpty && <SearchField value={query} onChange={setQuery} label={texts.projects.search} />}
        {!isEmpty && (
          <Button size="sm" data-testid="new-project" leftSection={<Icon name="plus" />} onClick={() => setDialog("project")}>
            {texts.projects.create}
          </Button>
        )}
      </PageHead>
      <ErrorNote error={projects.error} onRetry={() => void projects.refetch()} />
      {projects.isPending && <ListSkeleton />}
      {isEmpty && (
        <EmptyState title={texts.projects.emptyTitle} text={texts.projects.emptyText}>
          <Button size="sm" data-testid="new-project" leftSection={<Icon name="plus" />} onClick={() => setDialog("project")}>
            {texts.projects.create}
          </Button>
        </EmptyState>
      )}
      {!!mine?.length && !shown.length && (
        <EmptyState title={texts.projects.noMatchTitle(query)} text={texts.projects.noMatchText}>
          <Button variant="default" onClick={() => setQuery("")}>
            {texts.projects.clearSearch}
          </Button>
        </EmptyState>
      )}
      {shown.length > 0 && (
        <div className={css.table}>
          <SortHeads sort={sort} onSort={setSort} />
          <ul ref={rows} className={list.list}>
            {shown.map((project) => (
              <ProjectRow key={project.id} project={project} />
            ))}
          </ul>
        </div>
      )}
      {dialog && <NewProject onClose={() => setDialog("")} />}
    </div>
  );
}
