"""The decoder: an LSTM that looks at the feature map by soft attention.

Xu et al. 2015, "Show, Attend and Tell": additive attention over the places of the map, a gate on what it
finds, a deep output layer; the first state comes from the map's mean. Ours is also told what the heads
believe, and begins with a mark of the language.
"""

from __future__ import annotations

import tensorflow as tf

layers = tf.keras.layers
CELLS = 256
ATTENTION = 160
TOLD = 64  # size of the heads' belief as each step sees it


class Decoder(tf.Module):
    """The weights, and the two functions that are shipped: `start` and `step`."""

    def __init__(self, words: int, drop: float = 0.4) -> None:
        super().__init__("captioner")
        self.embed = layers.Embedding(words, 96)
        self.key = layers.Dense(ATTENTION, "tanh")
        self.query = layers.Dense(ATTENTION, use_bias=False)
        self.energy = layers.Dense(1, use_bias=False)
        self.gate = layers.Dense(1, "sigmoid")
        self.told = layers.Dense(TOLD, "relu")
        self.first_h = layers.Dense(CELLS, "tanh")
        self.first_c = layers.Dense(CELLS)
        self.cell = layers.LSTMCell(CELLS)
        self.word = layers.Dense(words)
        self.drop_map = layers.Dropout(drop)
        self.drop = layers.Dropout(drop)

    def start(self, features: tf.Tensor, belief: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, ...]:
        """What a caption begins with: keys [n, h*w, ATTENTION], told [n, TOLD], h, c [n, CELLS].

        features [n, h, w, channels] is the eyes' map, belief [n, names + 1] what `belief.vector` makes.
        """
        places, channels = features.shape[1] * features.shape[2], features.shape[3]
        flat = tf.reshape(features, (-1, places, channels))
        keys = self.key(self.drop_map(flat, training=training))
        told = self.told(belief)
        both = self.drop(tf.concat([tf.reduce_mean(keys, axis=1), told], axis=1), training=training)
        return keys, told, self.first_h(both), self.first_c(both)

    def step(
        self,
        token: tf.Tensor,
        h: tf.Tensor,
        c: tf.Tensor,
        keys: tf.Tensor,
        told: tf.Tensor,
        training: bool = False,
    ) -> tuple[tf.Tensor, ...]:
        """One word further: logits [n, words], h, c.

        token int32 [n], h and c [n, CELLS]; keys and told as `start` gives them, of n rows or one for all.
        """
        energy = self.energy(tf.tanh(keys + self.query(h)[:, None]))
        found = self.gate(h) * tf.reduce_sum(tf.nn.softmax(energy, axis=1) * keys, axis=1)
        known = tf.broadcast_to(told, (found.shape[0] or tf.shape(found)[0], TOLD))
        entry = tf.concat([self.embed(token), found, known], axis=1)
        out, (h, c) = self.cell(self.drop(entry, training=training), (h, c))
        logits = self.word(self.drop(tf.concat([out, found, known], axis=1), training=training))
        return logits, h, c

    def logits(self, features: tf.Tensor, belief: tf.Tensor, said: tf.Tensor, training: bool) -> tf.Tensor:
        """Teacher forcing: logits [m, words - 1, vocabulary] of what follows each word of `said` [m, words].

        Each picture may have several captions: m is a multiple of the n pictures, all first captions first.
        """
        begun = self.start(features, belief, training)
        times = said.shape[0] // features.shape[0] if said.shape[0] and features.shape[0] else 2
        keys, told, h, c = (tf.concat([value] * times, axis=0) for value in begun)
        steps = []
        for place in range(said.shape[1] - 1):
            logits, h, c = self.step(tf.maximum(said[:, place], 0), h, c, keys, told, training)
            steps.append(logits)
        return tf.stack(steps, axis=1)
