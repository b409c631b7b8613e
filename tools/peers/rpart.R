# rpart on fixed folds: grown fully, pruned at the least cross-validated error.
# Prints: accuracy (percent), mean leaves, seconds to train on the whole set.
suppressMessages(library(rpart))
a <- commandArgs(TRUE)
d <- read.csv(a[1], colClasses = "character", check.names = FALSE, na.strings = c("?", ""))
folds <- scan(a[2], quiet = TRUE)
names(d) <- c(paste0("f", seq_len(ncol(d) - 1)), "class")
for (n in names(d)) d[[n]] <- factor(d[[n]])
keep <- !is.na(d$class)
d <- d[keep, ]
folds <- folds[keep]
control <- rpart.control(cp = 0, minsplit = 2, minbucket = 1, maxdepth = 30, xval = 10, maxsurrogate = 5)
train <- function(rows) {
  set.seed(1)
  part <- rows
  many <- sapply(part[-ncol(part)], function(x) nlevels(droplevels(x)) > 1)
  part <- part[c(names(many)[many], "class")]
  part$class <- droplevels(part$class)
  tree <- rpart(class ~ ., part, method = "class", control = control)
  cp <- tree$cptable
  prune(tree, cp = cp[which.min(cp[, "xerror"]), "CP"])
}
hits <- 0
leaves <- c()
for (k in sort(unique(folds))) {
  tree <- train(d[folds != k, ])
  answer <- as.character(predict(tree, d[folds == k, ], type = "class"))
  hits <- hits + sum(answer == as.character(d$class[folds == k]))
  leaves <- c(leaves, sum(tree$frame$var == "<leaf>"))
}
seconds <- system.time(train(d))["elapsed"]
cat(sprintf("%.4f %.2f %.4f\n", 100 * hits / nrow(d), mean(leaves), seconds))
