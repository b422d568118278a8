/** The catalogue as the palette shows it. */
import type { Service } from "../api/types";

/** All versions of one key, newest first. */
export type Offer = { key: string; newest: Service; versions: Service[] };

export function offersOf(services: Service[]): Offer[] {
  const offers = new Map<string, Offer>();
  for (const service of services) {
    const offer = offers.get(service.key);
    if (offer) offer.versions.push(service);
    else offers.set(service.key, { key: service.key, newest: service, versions: [service] });
  }
  return [...offers.values()].sort((a, b) => a.newest.name.localeCompare(b.newest.name));
}

/** The offers that hold every word of `query` in name, description or key. */
export function searchOffers(offers: Offer[], query: string): Offer[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return offers.filter(({ key, newest }) => {
    const text = `${newest.name} ${newest.description} ${key}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
