/** What those who run the workbench look at: one page per part, all under one strip. */
import { useEffect, useRef } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import { useUser } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { texts } from "../../texts";
import css from "./Cockpit.module.css";

const words = texts.cockpit;

export function Cockpit() {
  const user = useUser();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Where the strip is wider than the screen, the entry that one is on stays in sight.
  // In braces: newer browsers answer with a promise, which is nothing to clean up with.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  if (user?.role !== "admin") return <EmptyState isPage title={words.notForYouTitle} text={words.notForYouText} />;
  return (
    <>
      <nav ref={nav} className={css.nav} aria-label={words.nav}>
        {Object.entries(words.pages).map(([path, name]) => (
          <NavLink key={path} to={`/${path}`}>
            {name}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
