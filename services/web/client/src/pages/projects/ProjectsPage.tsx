import { Button } from "@mantine/core";
import { useState } from "react";
import { useProjects } from "../../api/projects";
import type { Place } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { isOneOf, useKept } from "../../lib/kept";
import { useRemovals } from "../../lib/undo";
import { texts } from "../../texts";
import { filterProjects, tagsOf, type Whose } from "./filtering";
import { ImportProject } from "./ImportProject";
import { NewProject } from "./NewProject";
import { ProjectFilters, type View } from "./ProjectFilters";
import css from "./ProjectFilters.module.css";
import { ProjectList } from "./ProjectList";
import { sortProjects, useSort } from "./sorting";

const words = texts.projects;
const isView = isOneOf<View>("grid", "list");

export function ProjectsPage() {
  const [chosen, setPlace] = useFilter("place");
  const place = (["templates", "trash"].includes(chosen) ? chosen : "projects") as Place;
  const projects = useProjects(place);
  const removals = useRemovals();
  const [query, setQuery] = useState("");
  const [whose, setWhose] = useFilter("whose");
  const [tag, setTag] = useFilter("tag");
  const [sort, setSort] = useSort();
  const [view, setView] = useKept<View>("werkbank-projects-view", "grid", isView);
  const [dialog, setDialog] = useFilter("new");

  const here = projects.data?.filter((project) => !removals.has(project.id));
  const shown = sortProjects(filterProjects(here ?? [], { query, whose: place === "projects" ? (whose as Whose) : "", tag }), sort);
  const create = (
    <Button size="sm" data-testid="new-project" leftSection={<Icon name="plus" />} onClick={() => setDialog("project")}>
      {words.create}
    </Button>
  );
  const clear = () => {
    setQuery("");
    if (whose) setWhose("");
    if (tag) setTag("");
  };

  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
        <ImportProject />
        {create}
      </PageHead>
      <ProjectFilters
        place={place} onPlace={(next) => setPlace(next === "projects" ? "" : next)} whose={whose as Whose} onWhose={setWhose}
        tags={tagsOf(here ?? [])} tag={tag} onTag={setTag} view={view} onView={setView} sort={sort} onSort={setSort}
      />
      <ErrorNote error={projects.error} onRetry={() => void projects.refetch()} />
      {projects.isPending && <ListSkeleton />}
      {place === "trash" && shown.length > 0 && <p className={css.hint}>{words.trashHint}</p>}
      {here?.length === 0 && <EmptyState title={words.empty[place].title} text={words.empty[place].text} />}
      {!!here?.length && !shown.length && (
        <EmptyState title={query ? words.noMatchTitle(query) : words.noneTitle} text={words.noMatchText}>
          <Button variant="default" onClick={clear}>
            {words.clearSearch}
          </Button>
        </EmptyState>
      )}
      {shown.length > 0 && <ProjectList projects={shown} view={view} sort={sort} onSort={setSort} />}
      {dialog && <NewProject onClose={() => setDialog("")} />}
    </div>
  );
}
