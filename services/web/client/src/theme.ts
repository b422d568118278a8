/** Mantine's theme: system fonts, 13/14 px, radius 6, one accent, quiet greys. */
import { createTheme, localStorageColorSchemeManager, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";
import { texts } from "./texts";

const accent: MantineColorsTuple = [
  "#eef2fc", "#dbe4f8", "#b9caf2", "#93adea", "#6d8fe2", "#4a74d8", "#3562cc", "#2b59c3", "#2149a6", "#193a86",
];
const gray: MantineColorsTuple = [
  "#fafaf8", "#f4f4f1", "#eaeae6", "#dfdfda", "#cdcdc7", "#8e8e88", "#63635d", "#4a4a45", "#30302d", "#1d1d1b",
];
const dark: MantineColorsTuple = [
  "#ececee", "#cfcfd4", "#adadb5", "#74747d", "#3a3a40", "#303035", "#26262a", "#1c1c1f", "#161618", "#0f0f11",
];
const red: MantineColorsTuple = [
  "#fdf0ee", "#f9dcd8", "#f1b6af", "#ff8a80", "#e0675b", "#cf4437", "#c0362a", "#b3261e", "#931d16", "#751610",
];

export const theme = createTheme({
  colors: { accent, gray, dark, red },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  black: "#1d1d1b",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: "pointer",
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px", lineHeight: "28px" }, h2: { fontSize: "14px", lineHeight: "20px" } } },
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 400, fz: 12 } },
    SegmentedControl: { defaultProps: { withItemsBorders: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { "aria-label": texts.close }, overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { shadow: "sm", withInitialFocusPlaceholder: false, transitionProps: { duration: 80 } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#5f5f59",
    "--mantine-color-placeholder": "#6e6e68",
    "--mantine-color-default-border": "#cdcdc7",
    "--mantine-color-error": "#b3261e",
  },
  dark: {
    "--mantine-color-body": "#1c1c1f",
    "--mantine-color-dimmed": "#adadb5",
    "--mantine-color-placeholder": "#93939c",
    "--mantine-color-default-border": "#45454c",
    "--mantine-color-error": "#ff8a80",
  },
});

export const schemeManager = localStorageColorSchemeManager({ key: "werkbank-color-scheme" });
