import { useHostImages, useHosts } from "../../api/platform";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { texts } from "../../texts";
import css from "./Cluster.module.css";
import { HostCard } from "./HostCard";

const words = texts.cluster;

export function ClusterPage() {
  const hosts = useHosts();
  const images = useHostImages();
  return (
    <div className={list.page}>
      <PageHead title={words.title} />
      <ErrorNote error={hosts.error} onRetry={() => void hosts.refetch()} />
      <ErrorNote error={images.error} onRetry={() => void images.refetch()} />
      {hosts.isPending && <ListSkeleton rows={2} height={180} />}
      {hosts.data && !hosts.data.length && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
      <ul className={css.hosts}>
        {hosts.data?.map((host) => (
          <HostCard key={host.id} host={host} images={images.data?.filter((each) => each.host_id === host.id) ?? []} />
        ))}
      </ul>
    </div>
  );
}
