"""The shop: catalogue, search, cart, orders, what is known of a customer. No Rasa, no channel.

All functions are synchronous and thread-safe (callers in an event loop use `asyncio.to_thread`), take and
return plain dataclasses, and raise `errors.ShopError` subclasses with a `code` and facts, never texts to be
shown: the dialogue words them. `customer` is the conversation's sender id. Prices are `Decimal`.

Index of the public names:

settings    pictures_dir() vocabulary_path() photo_days() handoff_path()
errors      ShopError(code, facts): Unavailable UnknownProduct UnknownOrder SizeNeeded OutOfStock NotInCart
            EmptyCart TooLate BadToken ImportFailed
database    url() engine() session() migrate() healthy() stop()
advisory    wait(connection, name) attempt(connection, name) → bool: PostgreSQL's advisory locks, by name
products    Product Size · Product.title(lang) .description(lang) .price_text(lang) .in_stock(size=None)
            .kind_name(lang) .colour_name(lang) .care(lang) .picture_url .to_dict(); price_text(price,
            currency, lang)
catalogue   get(id) get_many(ids) count() sold_kinds() colours_of_line(product) upsert(...) remove(ids)
            version() vocabulary_refresh()
criteria    Criteria(...) .merge(other) .without(*fields) .to_dict() .from_dict(d) .from_entities(list)
            .describe(lang) .is_empty() .wishes() ; FIELDS SORTS
search      by_criteria(criteria, *, limit=8, offset=0, exclude=()) by_photo(look, criteria=Criteria(), *,
            within=(), …) similar_to(product_id, criteria=Criteria(), *, …) popular(criteria=Criteria(), *,
            profile=None, …) → Results(hits, total, relaxed) Hit(product, reasons, score)
            Relaxation(fields, count, cheapest, criteria) ; by_findings(findings, criteria=Criteria(), *,
            limit=3, exclude=()) → (Found(finding, results), …) kinds_of_part(part) ; explain(codes, product,
            criteria, lang) words the reasons, whose codes are `reasons.CODES` ; nearest(embedding, criteria,
            *, limit=10) → [(id, distance)]
recommend   suggest(customer, criteria=Criteria(), *, limit=8, offset=0, exclude=()) → Results
profile     Profile(sizes, price_max, brands, not_brands, colours, not_colours, gender, height, weight, …)
            load(customer) learn(customer, criteria, *, height=None, weight=None) forget(customer)
            Profile.describe(lang)
cart        view(customer) add(customer, product_id, size=None, quantity=1) remove(customer, product_id,
            size=None) set_quantity(customer, product_id, size, quantity) clear(customer) → Cart(lines,
            total, currency, count)
wishlist    add(customer, product_id) remove(customer, product_id) view(customer) → tuple[Product, ...]
checkout    link(customer) → "/shop/checkout?cart=TOKEN"; open(token) → (customer, Cart); place(token,
            email) → Order
orders      find(order_id, email) cancel(order_id, email) → Order (raises UnknownOrder, TooLate) ;
            seed_demo()
sizing      recommend(category, gender, *, height, weight, usual, product) → SizeAdvice ; chart(category,
            gender) → Chart
outfits     complete(product_id, criteria=Criteria(), *, limit=4, exclude=()) → Results
compare     table(product_ids) → Comparison(products, rows, cheapest, most_popular)
facts       answer(product, attribute, size=None, lang="en") → Fact(attribute, values)
photos      PhotoStore().put(owner, jpeg, width, height) .get(id, owner=None) .delete_owner(owner)
            .purge_expired() .save_sight(id, sight) .load_sight(id) → vision.inference.predictions.Sight,
            None where today's eyes have not looked
agreed      check(form) → the agent's form, canonical ; slots(form, before) → slots of domain.yml ;
            fitting(wishes, categories) → (Criteria, rest)
mood        mood(text, language) → "calm" | "unhappy" | "angry" ; MOODS in this order ; worst(texts, language)
privacy     export(customer) → dict ; forget(customer, *, photos_only=False) → dict of counts ;
            register(...)
pictures    find(name) → Path | None (of the catalogue's pictures; safe against traversal)
vocabulary  load() → Vocabulary(version, brands, categories, colours, materials, patterns, occasions,
            sizes); path()
importer    import_catalogue(path, *, remove_missing=False, default_price=None, currency="USD",
            eyes="load"|Eyes|None, progress=callable(done, total)) → Report(added, updated, unchanged,
            removed, refused, embedded, seconds)
embeddings  stale() → ids whose picture other weights looked at; forget_stale() → how many, no longer
            compared; refresh(progress) looks anew after an update of the eyes (`bot serve` does it itself)
demo        load(progress=…) → Report: the demo catalogue and the demo orders, nothing where they are loaded
            already
"""
