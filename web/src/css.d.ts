import "react";

declare module "react" {
  // eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- an interface is what can be merged
  interface CSSProperties {
    [variable: `--${string}`]: string | number | undefined;
  }
}
