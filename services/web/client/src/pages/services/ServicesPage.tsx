import { useBrokenServices, useServices } from "../../api/services";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { offersOf, searchOffers } from "../../lib/catalogue";
import { texts } from "../../texts";
import { BrokenRow } from "./BrokenRow";
import { ServiceRow } from "./ServiceRow";
import css from "./Services.module.css";

const words = texts.catalogue;

export function ServicesPage() {
  const services = useServices();
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
      </PageHead>
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
              <ServiceRow key={offer.key} offer={offer} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
