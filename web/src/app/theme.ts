import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Ten shades around the accent; what is shown takes the tokens (tokens.css), these fill what Mantine derives itself. */
const petrol: MantineColorsTuple = [
  "#e9f5f3",
  "#d3e9e5",
  "#a5d3cb",
  "#75bcb0",
  "#4da99a",
  "#349d8c",
  "#1c8f7e",
  "#0b6a62",
  "#09574f",
  "#06443e",
];

export const theme = createTheme({
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, monospace",
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol },
  defaultRadius: 10,
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Menu: { defaultProps: { shadow: "var(--shadow-2)", radius: 12, transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: "var(--shadow-2)", radius: 12, transitionProps: { duration: 100 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 16,
        shadow: "var(--shadow-2)",
        transitionProps: { duration: 120, transition: "fade" },
        overlayProps: { color: "var(--scrim)", backgroundOpacity: 1 },
      },
    },
  },
});
