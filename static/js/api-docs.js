// The API's page: Swagger UI over the schema in `data-schema`. The token that is typed in lives in memory only.
"use strict";

const place = document.getElementById("api-docs");
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  persistAuthorization: false,
  displayRequestDuration: true,
  syntaxHighlight: { activate: false },
});
