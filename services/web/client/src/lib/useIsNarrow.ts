import { useMediaQuery } from "@mantine/hooks";

/** Whether the page is as narrow as a phone: the width at which the styles change, too. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 700px)", window.innerWidth <= 700);
}
