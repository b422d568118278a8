import { Button } from "@mantine/core";
import { useState } from "react";
import { useJob } from "../../api/jobs";
import { useBrokenServices, useServices } from "../../api/services";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { offersOf, searchOffers } from "../../lib/catalogue";
import type { Published } from "../../lib/publishing";
import { texts } from "../../texts";
import { BrokenRow } from "./BrokenRow";
import { PublishPanel } from "./PublishPanel";
import { ServiceRow } from "./ServiceRow";
import css from "./Services.module.css";

const words = texts.catalogue;

export function ServicesPage() {
  // In the address: a page that is loaded again shows the same job.
  const [jobId, setJobId] = useFilter("publish");
  const [isOpen, setIsOpen] = useState(!!jobId);
  const job = useJob(jobId || null).data;
  const fresh = job?.state === "succeeded" ? (job.result as Published | null) ?? undefined : undefined;
  const services = useServices(fresh);
  const broken = useBrokenServices();
  const [query, setQuery] = useFilter("q");
  const offers = offersOf(services.data ?? []);
  const found = searchOffers(offers, query);
  const text = query.trim().toLowerCase();
  const bad = broken.data?.filter((each) => `${each.image} ${each.reason}`.toLowerCase().includes(text)) ?? [];
  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
        <Button size="sm" aria-expanded={isOpen} variant={isOpen ? "default" : "filled"} data-testid="publish-open" onClick={() => setIsOpen(!isOpen)}>
          {texts.publish.open}
        </Button>
      </PageHead>
      {isOpen && <PublishPanel jobId={jobId} onBegin={setJobId} />}
      <ErrorNote error={services.error ?? broken.error} onRetry={() => void services.refetch()} />
      {bad.length > 0 && (
        <section className={css.section}>
          <h2>{words.broken}</h2>
          <p>{words.brokenText}</p>
          <ul className={list.list}>
            {bad.map((each) => (
              <BrokenRow key={each.image} broken={each} />
            ))}
          </ul>
        </section>
      )}
      {services.isPending && <ListSkeleton />}
      {services.data && !offers.length && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
      {offers.length > 0 && !found.length && !bad.length && <EmptyState title={texts.cockpit.noMatch} />}
      {found.length > 0 && (
        <section className={css.section}>
          {bad.length > 0 && <h2>{words.offered}</h2>}
          <ul className={list.list}>
            {found.map((offer) => (
              <ServiceRow key={offer.key} offer={offer} fresh={fresh?.key === offer.key ? fresh.version : undefined} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
