# syntax=docker/dockerfile:1
# One image per service: docker build --target gateway .

FROM node:24-bookworm-slim AS build
WORKDIR /tumbler
COPY . .
RUN npm ci --no-audit --no-fund \
 && npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf e2e tools docs node_modules/.cache node_modules/node-linux-* \
 && find apps libs -name src -type d -prune -exec rm -rf {} +

FROM node:24-bookworm-slim AS service
ENV NODE_ENV=production
WORKDIR /tumbler
# Owned by root and run as somebody else: a process cannot change its own program.
COPY --from=build /tumbler/package.json ./
COPY --from=build /tumbler/node_modules ./node_modules
COPY --from=build /tumbler/libs ./libs
COPY --from=build /tumbler/apps ./apps
USER node

FROM service AS users
CMD ["node", "--enable-source-maps", "--always-sparkplug", "apps/users/dist/main.js"]

FROM service AS credentials
CMD ["node", "--enable-source-maps", "--always-sparkplug", "apps/credentials/dist/main.js"]

FROM service AS flows
CMD ["node", "--enable-source-maps", "--always-sparkplug", "apps/flows/dist/main.js"]

FROM service AS gateway
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--always-sparkplug", "apps/gateway/dist/main.js"]
