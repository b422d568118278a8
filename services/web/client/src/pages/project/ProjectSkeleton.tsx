import { Skeleton } from "@mantine/core";
import { texts } from "../../texts";
import css from "./ProjectPage.module.css";

export function ProjectSkeleton() {
  return (
    <div className={css.skeleton} aria-busy role="status" aria-label={texts.project.loading}>
      <div>
        <Skeleton height={16} width={180} />
      </div>
      <div>
        {[1, 2, 3, 4].map((row) => (
          <Skeleton key={row} height={32} mb={8} />
        ))}
      </div>
      <div />
    </div>
  );
}
