/** Where to look, whose, and with which tag; as cards or as a list. */
import { ActionIcon, NativeSelect, SegmentedControl, Tooltip } from "@mantine/core";
import type { Place } from "../../api/types";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import type { Whose } from "./filtering";
import css from "./ProjectFilters.module.css";
import { SortSelect } from "./SortSelect";
import type { ProjectSort } from "./sorting";

const words = texts.projects;
export type View = "grid" | "list";

type Props = {
  place: Place; onPlace: (place: Place) => void;
  whose: Whose; onWhose: (whose: Whose) => void;
  tags: string[]; tag: string; onTag: (tag: string) => void;
  view: View; onView: (view: View) => void;
  sort: ProjectSort; onSort: (sort: ProjectSort) => void;
};

export function ProjectFilters({ place, onPlace, whose, onWhose, tags, tag, onTag, view, onView, sort, onSort }: Props) {
  const other = view === "grid" ? "list" : "grid";
  return (
    <div className={css.filters}>
      <SegmentedControl
        size="xs" aria-label={words.place} value={place} onChange={(value) => onPlace(value as Place)}
        data={(["projects", "templates", "trash"] as const).map((value) => ({ value, label: words.places[value] }))}
      />
      <div className={css.narrow}>
        {place === "projects" && (
          <NativeSelect
            size="xs" aria-label={words.whose} value={whose} onChange={(event) => onWhose(event.currentTarget.value as Whose)}
            data={(["", "mine", "shared"] as const).map((value) => ({ value, label: words.whoseChoices[value || "all"] }))}
          />
        )}
        {(tags.length > 0 || tag) && (
          <NativeSelect
            size="xs" aria-label={words.tag} data-testid="tag-filter" value={tag} onChange={(event) => onTag(event.currentTarget.value)}
            data={[{ value: "", label: words.anyTag }, ...[...new Set([...tags, ...(tag ? [tag] : [])])].map((value) => ({ value, label: value }))]}
          />
        )}
        {view === "grid" && <SortSelect sort={sort} onSort={onSort} />}
        <Tooltip label={words.views[other]}>
          <ActionIcon variant="default" size={30} data-testid="view-toggle" aria-label={words.views[other]} onClick={() => onView(other)}>
            <Icon name={other === "grid" ? "projects" : "list"} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}
