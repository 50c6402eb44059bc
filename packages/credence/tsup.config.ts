import { recipe } from "../../tsup.base.ts";

export default recipe({ main: "src/main.ts", terminal: "src/terminal/index.ts" });
