/** Line icons, drawn on 16 px. Decoration: the words beside them or the button's label say the meaning. */
const paths = {
  projects: "M2.5 3.5h4v4h-4zM9.5 3.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
  runs: "M2 8h2.5l2-4.5 3 9 2-4.5H14",
  settings: "M2 5h6M12 5h2M2 11h2M8 11h6M10 3v4M6 9v4",
  account: "M8 8a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3 13.5c.6-2.4 2.6-3.5 5-3.5s4.400 1.100 5 3.500",
  search: "M7 11.500a4.500 4.500 0 100-9 4.500 4.500 0 000 9zM10.300 10.300l3.200 3.200",
  plus: "M8 3v10M3 8h10",
  external: "M9.500 3h3.500v3.500M13 3L7.500 8.500M11.500 9.500v3h-8v-8h3",
  expand: "M9.500 2.500h4v4M13.500 2.500L9 7M6.500 13.500h-4v-4M2.500 13.500L7 9",
  beside: "M2.500 3h11v10h-11zM8 3v10",
  fullScreen: "M6 2.500H2.500V6M10 2.500h3.500V6M6 13.500H2.500V10M10 13.500h3.500V10",
  leaveFullScreen: "M2.500 6H6V2.500M13.500 6H10V2.500M2.500 10H6v3.500M13.500 10H10v3.500",
  alone: "M2.500 3h11v10h-11z",
  close: "M4 4l8 8M12 4l-8 8",
  play: "M5 3.500v9l7-4.500z",
  stop: "M4.500 4.500h7v7h-7z",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.5 9h6l.5-9M6.800 7v4M9.200 7v4",
  down: "M4 6.500l4 4 4-4",
  up: "M4 10l4-4 4 4",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  check: "M3 8.500l3.500 3.500L13 4.500",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  sidebar: "M2.500 3h11v10h-11zM6.500 3v10",
  interactive: "M2 3h12v10H2zM2 6h12M4 4.500h.01M6 4.500h.01M5 8.500l1.500 1.200L5 11M8 11h3",
  compute: "M5 5h6v6H5zM3 3h10v10H3zM6 1v2M10 1v2M6 13v2M10 13v2M1 6h2M1 10h2M13 6h2M13 10h2",
  back: "M9.500 4l-4 4 4 4",
  rename: "M3 13l.7-3L11 2.700 13.300 5 6 12.300z",
  undo: "M6 3L2.500 6.500 6 10M3 6.500h6.500a3.500 3.500 0 010 7H7",
  redo: "M10 3l3.500 3.500L10 10M13 6.500H6.500a3.500 3.500 0 000 7H9",
  map: "M2.500 3h11v10h-11zM5 6h3v2H5zM9.500 9h2.500v2H9.500z",
  share: "M6 8a2 2 0 11-4 0 2 2 0 014 0zM14 4a2 2 0 11-4 0 2 2 0 014 0zM14 12a2 2 0 11-4 0 2 2 0 014 0zM5.800 7.100l4.400-2.200M5.800 8.900l4.400 2.200",
  download: "M8 2.500v8M4.500 7.500L8 11l3.500-3.500M3 13.500h10",
  upload: "M8 11V3M4.500 6L8 2.500 11.500 6M3 13.500h10",
  folder: "M2 12.500v-9h4l1.500 2H14v7z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  list: "M2.500 4h.01M5.500 4h8M2.500 8h.01M5.500 8h8M2.500 12h.01M5.500 12h8",
  template: "M2.500 3h11v3h-11zM2.500 8.500h4.500v4.500h-4.500zM9.500 8.500h4v4.500h-4z",
  signOut: "M6.500 3h-4v10h4M6 8h8M11 5l3 3-3 3",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2 : 1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: "none" }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
