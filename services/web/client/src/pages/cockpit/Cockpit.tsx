/** What those who run the workbench look at: one page per part, all under one strip. */
import { NavLink, Outlet } from "react-router";
import { useUser } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { texts } from "../../texts";
import css from "./Cockpit.module.css";

const words = texts.cockpit;

export function Cockpit() {
  const user = useUser();
  if (user?.role !== "admin") return <EmptyState title={words.notForYouTitle} text={words.notForYouText} />;
  return (
    <>
      <nav className={css.nav} aria-label={words.nav}>
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
