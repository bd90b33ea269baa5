import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

/** app may import features, features may import components and lib, lib imports nobody; features never each other's insides. */
const zone = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});
const APP = {
  group: ["@/app/*"],
  message: "Only app composes; pass what you need as a prop or through a context in lib.",
};
const FEATURES = { group: ["@/features/*"], message: "lib and components know no feature." };
const COMPONENTS = { group: ["@/components/*"], message: "lib has no markup." };

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/lib/wire/*.gen.ts", "generated"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "no-console": "error",
      // Redirects of the router are thrown, as its guide says.
      "@typescript-eslint/only-throw-error": [
        "error",
        { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] },
      ],
      // They speak to users of the React compiler, which does not run here.
      "react-hooks/incompatible-library": "off",
      "react-hooks/preserve-manual-memoization": "off",
    },
  },
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: globals.node } },
  zone(["src/features/**"], [APP]),
  zone(["src/components/**"], [APP, FEATURES]),
  zone(["src/lib/**"], [APP, FEATURES, COMPONENTS]),
);
