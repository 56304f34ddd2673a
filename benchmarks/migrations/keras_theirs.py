"""UCI HAR's windows and an LSTM in Keras, validated as in Keras' own example of time series."""

import sys

import keras
import numpy as np

seed = int(sys.argv[2])
keras.utils.set_random_seed(seed)
data = np.load(sys.argv[1])
X_train, X_test = data["X_train"], data["X_test"]
y_train, y_test = data["y_train"] - 1, data["y_test"] - 1

order = np.random.default_rng(seed).permutation(len(X_train))  # validation_split takes the last ones
X_train, y_train = X_train[order], y_train[order]
model = keras.Sequential(
    [
        keras.Input(shape=X_train.shape[1:]),
        keras.layers.LSTM(100),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dense(6, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
fitted = model.fit(X_train, y_train, epochs=10, batch_size=64, validation_split=0.2, verbose=0)
print("held out", fitted.history["val_accuracy"][-1])
print("strangers", model.evaluate(X_test, y_test, verbose=0)[1])
