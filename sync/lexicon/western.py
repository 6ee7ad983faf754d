"""Header words of English, German, Dutch and the Scandinavian languages, by the kind of thing that they name.

`_` joins the words of a phrase, a `*` at the end stands for any ending. Spelling, case and accents do not matter.
"""

ENGLISH = {
    "place": "warehouse warehouses wh whse whs wrhs whcode location locations loc locn locid store stores shop shops branch"
    " depot depots site sites plant outlet outlets facility showroom godown stockroom storeroom store_room"
    " distribution_center distribution_centre fulfillment_center fulfilment_centre fc dc stock_location"
    " inventory_location storage_location inventory_source stock_point storage_loc stor_loc sloc source_code subinventory"
    " sub_inventory stockholding inventory_org organization_code",
    "country": "country country_code marketplace region territory state_province",
    "bin": "bin bins shelf shelves rack racks aisle bay slot pallet_position bin_location bin_loc storage_bin putaway"
    " shelf_location rack_location storage_type storage_section stock_bin picking_location pick_location pick_bin"
    " bin_code bin_no bin_number zone aisle_no storage_area store_bin floor drawer box_no handling_unit lpn",
    "good": "item items itm product products prod prd article articles material materials mat matnr part parts goods good"
    " merchandise component components component_name style stockitem variant sellable",
    "stock": "stock stocks inventory inv stk stockqty stk_qty holding holdings balance_stock",
    "code": "code codes no number num nbr nr ref key identifier cd partno",
    "id": "id ids",
    "sku": "custom_label sku skus sku_code skucode sku_id item_sku seller_sku product_sku stock_keeping_unit variant_sku merchant_sku"
    " vendor_sku_no itemcode itemno itemnum itemnumber item_id productcode productid partnumber part_number part_no part_num partnum"
    " stockcode stock_code stock_no stock_number article_number item_number item_code item_no inventory_id inventory_code"
    " ipn internal_part_number internal_reference internal_ref default_code fnsku msku style_code article_no"
    " material_number material_no plu prodcode prod_code",
    "model": "model reference references base_product_code base_sku parent_sku old_code catalog_number catalogue_number cat_no"
    " fulfillment_channel_sku model_no model_number alias alternate_code alt_code composite_sku external_id parent_code handle",
    "theirs": "mpn spn supplier_reference manufacturer_part_number manuf_part_no mfr_part_no mfg_part_no mfr_part vendor_code"
    " manufacturer_code vendor_part vendor_item supplier_code supplier_sku vendor_sku supplier_part supplier_item"
    " customer_code customer_part distributor_part_no distributor_stock_no distributor_sku",
    "foreign": "internal_id record_id system_id uuid guid uid pk asin order_number order_no purchase_order po_number po_no invoice invoice_no document document_no account"
    " account_no hs_code hts hsn tariff commodity_code customs_code customer customer_id supplier_id vendor_id tax_code"
    " row_no line_no line s_no sr_no sl_no serial_no_of_row row_id line_number seq sequence sno srno position_no phone zip zip_code"
    " postcode postal_code email e_mail tracking tracking_number sku_of_included_item ticket employee contact tel telephone fax web_id",
    "name": "name names description descriptions descr desc title titles item_description particulars designation wording"
    " label item_desc product_desc long_text short_text nomenclature details text",
    "count": "qty qtys quantity quantities qnty q_ty qt_y qty_ea count counted counts pcs pieces units unit_count q_ty units_count each"
    " quant no_of_units number_of_units nos no_of_pieces pc_count ea_qty level levels",
    "amount": "amount amt sum",
    "onhand": "on_hand onhand oh qoh soh boh in_stock instock physical actual closing closing_balance closing_stock ending"
    " ending_balance balance bal current present existing counted_qty stock_on_hand qty_on_hand quantity_on_hand"
    " on_hand_qty on_hand_quantity in_warehouse unrestricted unrestr unrestricted_use labst actual_stock curr_stock"
    " book_qty book_quantity system_qty stock_level stock_levels current_level inventory_level closing_qty at_hand"
    " available_physical total_on_hand on_shelf remaining remainder left bal_qty",
    "available": "available avail avl availability free atp available_to_sell available_to_promise sellable_qty saleable salable"
    " available_for_sale free_stock net_available fulfillable unreserved ats for_sale qty_available",
    "reserved": "reserved reservation reservations allocated allocation alloc committed commited committed_qty iscommited hold"
    " on_hold booked promised picked picking assigned earmarked blocked_for_orders pending_orders unavailable demand"
    " required required_qty requirement on_sales_order sales_order_qty",
    "minimum": "out_of_stock min minimum minimal minqty minamount min_stock reorder re_order reorder_point reorder_level reorder_qty rop"
    " safety safety_stock critical threshold low_stock low_stock_level par par_level max maximum max_stock target"
    " target_stock restock restock_level replenish replenishment order_point alert_quantity alert lower_bound upper_bound"
    " limit low_level warning_level maxstock minstock economic_order_quantity eoq",
    "transit": "transit in_transit intransit incoming inbound on_order onorder onpo on_po ordered order_qty expected backorder"
    " back_order backordered due_in po_qty purchase_orders purchase_order_qty open_po to_receive pending_receipt future"
    " forecast forecasted projected planned outgoing outbound transfer transfers transferring on_the_way suggested",
    "moved": "removal pending_removal age aged inv_age days_of_supply sold sales sale_qty sales_qty qty_sold opening opening_balance opening_stock opening_qty received receipts receipt issued"
    " issues in_qty out_qty qty_in qty_out stock_in stock_out inwards outwards inward outward usage used consumption"
    " consumed returns returned adjustment adjustments adjusted variance difference diff previous last_month turnover"
    " shipped dispatched movement movements delta change net_change damage_qty shrinkage scheme scanned old_qty begin"
    " beginning per_month ytd mtd avg average days_of_stock days days_on_hand lead_time that_can_be_made of_included_item"
    " included_item lifetime velocity cover composite composite_quantity views clicks sales_rank rank",
    "blocked": "blocked block damaged defective unsellable unfulfillable quality_inspection qual_insp qi quarantine quarantined"
    " scrap scrapped expired rejected restricted restricted_use non_sellable faulty obsolete bad_stock consignment warehouse_damaged",
    "pack": "per_unit per_box per_case per_pack per_carton per_pallet pack_size case_pack case_qty casepack pack_qty inner_qty box_qty"
    " carton_qty pallet_qty moq order_multiple multiple multiples lot_size units_per pcs_per qty_per conversion"
    " conversion_factor min_order minimum_order minimum_order_quantity inner_pack outer_pack pieces_per required_per",
    "measure": "weight wt grams kg_weight mass volume length width height depth size_cm dimension dimensions dims cbm thickness"
    " diameter gross_weight net_weight percent percentage pct rate_percent margin markup density area capacity voltage footprint",
    "price": "price prices cost costs costprice unit_cost unit_price unitcost unitprice rate mrp m_r_p rrp r_r_p msrp retail wholesale list_price selling_price"
    " sale_price avg_cost tax taxes vat gst duty discount landed_cost dlp ptr pts fee fees tariff_rate special_price map_price"
    " compare_at compare_at_price currency",
    "value": "value values valuation total_cost total_value total_price stock_value inventory_value extended_cost ext_cost ext_price"
    " extended_price amount_usd turnover_value worth market_value capital gain",
    "unit": "unit uom um uofm unit_of_measure units_of_measure unit_measure measure_unit stock_uom base_uom base_unit stocking_unit"
    " weight_unit packaging pack_type unit_type unit_name sales_unit buyuom part_unit partunit measurement",
    "lot": "lot lots lot_no lot_number batch batches batch_no batch_number batchno heat_no heat_number lotno dye_lot lot_serial",
    "date": "date dates datetime time timestamp expiry expiration exp exp_date expires expire bbd best_before updated updated_at"
    " created created_at modified modified_at year month week day received_on last_sold last_counted last_update shelf_life"
    " mfg_date valid_from valid_to as_of",
    "barcode": "barcode barcodes bar_code ean ean13 ean8 upc upca gtin isbn jan barcode_no upc_code ean_code gtin13 gtin14 scan_code",
    "serial": "serial serials serial_number serial_no serialno imei sn esn asset_tag asset_no asset_id asset",
    "category": "category categories group groups subgroup family class subclass classification department dept division brand"
    " vendor supplier distributor manufacturer mfr maker company segment line_of_business product_type product_line collection season"
    " subcategory item_group item_class item_type type types tags tag owner buyer abc xyz commodity gender condition"
    " status state stock_status stock_type publisher author genre",
    "variant": "size color colour option option_name option_value variant_name attribute attributes property flavor flavour finish"
    " pattern_name",
    "flag": "track tracker tracked is_active active enabled enable allow policy requires require taxable depends advanced exists published"
    " visible visibility tracking_policy managed manage url urls image images photo picture link notes note remarks remark"
    " comment comments seo meta html favorite position image_position priority gift_card modifier impact default"
    " fulfillment_service fulfilment google_shopping",
    "total": "total totals grand_total subtotal all sum_total overall",
    "physical": "physical actual counted real on_shelf physisch fysiek fysisk physique físico física físicas fisico fiili fiili_stok fiili_miktar фактическ* fizyczny",
    "anyplace": "location locations loc site sites region lokasyon locatie lugar local locación lieu ubicazione luogo standort lokasi",
    "plant": "plant plants werk werke werks centro centros planta usine stabilimento zavod завод* fabrika factory 工厂 工廠 工場 공장 oddział",
    "uom": "kg kgs g gr gram lt ltr ltrs litre litres liter l ml m mt mtr mtrs meter metre cm mm m2 m3 sqm ton tons mt2 lb lbs oz ft yd gal кг л м т шт",
    "packed": "box boxes carton cartons ctn case cases cs pack packs packed pkt pk pallet pallets plt bag bags roll rolls drum dozen dz bundle crate koli kasa palet paket kutu"
    " caja cajas caixa caixas carton_qty karton kartons palette cartons colis scatola scatole pallet_qty кор короб* упак* уп бочк* паллет* 箱 ケース 박스",
    "security": "ltp pnl p_l unrealized unrealised net_chg day_chg instrument cur_val isin wkn cusip sedol ticker tickers shares dividend yield portfolio market_cap pe_ratio stock_price share_price adj_close avg_cost_per_share day_change"
    " 52w_high aktie aktien hisse_senedi acciones azioni акции акция ценные_бумаги",
    "person": "email e_mail phone mobile telephone first_name last_name surname full_name address street city zip zip_code postcode birthday date_of_birth salutation vorname nachname"
    " telefon adresse straße plz prénom courriel téléphone nombre_completo apellido apellidos dirección correo teléfono celular cidade endereço_completo cognome indirizzo soyadı adres_satırı"
    " фамилия телефон адрес_клиента",
    "order": "order_number order_no order_id order_date ship_date customer customer_name customer_id invoice invoice_no invoice_date invoice_number sales_order ship_to bill_to"
    " bestellnummer_kunde kunde rechnung rechnungsnummer auftragsnummer cliente factura fatura müşteri client facture заказчик клиент",
}

GERMAN = {
    "place": "lager lagerort lagerorte lagerplatz_lager lagernr lagernummer werk filiale filialen standort standorte niederlassung geschäft"
    " verkaufsstelle depot lagername lagerhaus lagerbezeichnung lagerortbezeichnung markt laden betriebsstätte werks lgort",
    "bin": "lagerplatz regal fach lagerfach stellplatz regalplatz lagertyp gang lagerbereich platz lgpla lgtyp",
    "good": "artikel art produkt ware waren material materialien teil teile erzeugnis sachnummer teile",
    "stock": "bestand bestände lagerbestand warenbestand bestandsmenge vorrat inventar lagerbestände",
    "code": "nr nummer nummern kennung schlüssel kürzel kode kennzeichen num",
    "sku": "artikelnummer artikelnr artnr materialnummer teilenummer sachnr bestellnummer produktnummer identnummer ordernumber warennummer"
    " artikel_nr art_nr mat_nr art_no",
    "model": "modell referenz suchbegriff",
    "theirs": "herstellernummer lieferantennummer lieferantenartikelnummer hersteller_nr lief_art_nr herstellerartikelnummer",
    "name": "name bezeichnung bezeichnungen benennung beschreibung kurztext artikelbezeichnung materialkurztext bez titel text",
    "count": "menge mengen anzahl stück stck stk stueck zahl",
    "onhand": "istbestand ist_bestand aktueller_bestand physisch physischer_bestand aktuell vorhanden"
    " lagernd frei_verwendbar buchbestand endbestand gesamtbestand freiverwendbar ist frei_verwendb restbestand",
    "available": "verfügbarer_lagerbestand verfügbar verfügbare verfügbarer verfügbarkeit frei freier freie verfügb dispo_bestand lieferbar",
    "reserved": "reserviert reservierte reservierter reservierung zugeteilt vorgemerkt gebunden auftragsbestand offene_aufträge",
    "minimum": "mindest mindestbestand mindestmenge meldebestand sicherheitsbestand minimal mindestens maximal maximalbestand maximum"
    " höchstbestand sollbestand soll bestellpunkt warnbestand minimalbestand mindestlagerbestand",
    "transit": "bestellt bestellte bestellmenge offene_bestellungen unterwegs transit zulauf erwartet bestellbestand transitbestand umlagerung",
    "moved": "verkauft verkaufte zugang abgang zugänge abgänge anfangsbestand verbrauch umsatz eingang ausgang bewegung differenz"
    " reichweite lieferzeit vorjahr verkäufe retouren",
    "blocked": "gesperrt sperrbestand qualitätsprüfung in_qualitätsprüfung defekt beschädigt sperrlager retourensperrbestand gesp",
    "pack": "verpackungseinheit ve packungsgröße vpe gebinde mindestbestellmenge losgröße mindestabnahme abnahmeintervall umrechnung",
    "measure": "gewicht volumen länge breite höhe maße prozent marge tiefe",
    "price": "preis preise ek vk einkaufspreis verkaufspreis ekpreis vkpreis uvp kosten mwst steuer rabatt stückpreis nettopreis währung brutto netto ek_preis vk_preis",
    "value": "wert werte lagerwert gesamtwert bestandswert betrag gesamtpreis warenwert summe_eur",
    "unit": "einheit mengeneinheit me basismengeneinheit bme maßeinheit basiseinheit lagereinheit verkaufseinheit",
    "lot": "charge chargen chargennummer chargennr charge_nr",
    "date": "datum mhd verfallsdatum haltbarkeit mindesthaltbarkeitsdatum ablaufdatum stand zeit uhrzeit jahr monat letzter_zugang",
    "barcode": "strichcode ean_code gtin_code",
    "serial": "seriennummer seriennr serien_nr snr",
    "category": "kategorie warengruppe gruppe hersteller lieferant marke materialart abteilung sortiment typ zustand materialgruppe artikelgruppe",
    "variant": "größe farbe variante ausführung",
    "flag": "bemerkung bemerkungen kommentar hinweis aktiv bild notiz lagerführung",
    "foreign": "pos zeile bestell_nr auftrag auftragsnummer kunde kundennummer lieferantennr zolltarifnummer plz telefon",
    "total": "gesamt summe total zwischensumme gesamtsumme",
}

DUTCH = {
    "place": "magazijn magazijnen filiaal winkel vestiging locatie locaties magazijncode opslaglocatie voorraadlocatie",
    "bin": "stelling schap vak magazijnlocatie picklocatie bewaarplaats",
    "good": "artikel artikelen product goederen onderdeel",
    "stock": "voorraad voorraden",
    "code": "nummer code kenmerk artikelcode",
    "sku": "artikelnummer artikelcode productcode artikelnr onderdeelnummer art_nr",
    "name": "naam omschrijving beschrijving artikelomschrijving benaming titel",
    "count": "aantal aantallen hoeveelheid stuks voorraadaantal",
    "onhand": "op_voorraad fysieke fysiek huidige huidig aanwezig technische_voorraad actuele fysieke_voorraad",
    "available": "beschikbaar beschikbare vrij vrije leverbaar",
    "reserved": "gereserveerd gereserveerde toegewezen",
    "minimum": "min minimale minimum maximale bestelniveau bestelpunt veiligheidsvoorraad",
    "transit": "besteld bestelde onderweg in_bestelling in_backorder verwacht",
    "moved": "verkocht verkochte ontvangen beginvoorraad mutatie verbruik",
    "blocked": "geblokkeerd beschadigd",
    "price": "prijs inkoopprijs verkoopprijs kostprijs btw adviesprijs korting",
    "value": "waarde voorraadwaarde bedrag",
    "unit": "eenheid verpakkingseenheid",
    "lot": "partij partijnummer lotnummer batchnummer",
    "date": "datum vervaldatum houdbaarheid tht",
    "barcode": "streepjescode",
    "serial": "serienummer",
    "category": "categorie groep merk leverancier fabrikant soort artikelgroep",
    "measure": "gewicht lengte breedte hoogte",
    "variant": "kleur maat",
    "total": "totaal totale",
}

NORDIC = {
    "place": "lagersted lagerställe lagerplats lagerlokation butik butikk avdeling avdelning afdeling magasin lokation lokasjon varasto"
    " varastopaikka_varasto myymälä toimipiste plats lagernavn lagernamn lagerkode lagerkod lager",
    "bin": "hylle hylla hylde hyllplats lagerhylle reol varastopaikka hyllypaikka plukkplass",
    "good": "vare varer vara varor artikkel artikkelen artikel artiklar produkt produkter tuote tuotteen nimike nimikkeen",
    "stock": "beholdning lagerbeholdning varasto_saldo varelager varastosaldo",
    "code": "nummer nr kode kod koodi tunnus numero",
    "sku": "varenummer varenr vare_nr artikelnummer artikelnr artikkelnummer artikkelnr produktnummer produktnr tuotekoodi tuotenumero"
    " nimikekoodi tuotetunnus varukod varunummer artnr",
    "name": "navn namn benämning beskrivning beskrivelse varetekst varenavn betegnelse nimi kuvaus tuotenimi nimitys produktnavn varubenämning tekst",
    "count": "antal antall mängd mengde mængde kpl stk määrä lukumäärä kappaletta",
    "onhand": "saldo lagersaldo på_lager i_lager lagerantal lagerantall fysisk disponibel_saldo på_lageret varastossa nykyinen nuvarande nåværende aktuell lagerstatus",
    "available": "disponibelt disponibel disponibla tillgängligt tillgänglig tilgjengelig tilgængelig tillgängliga tilgjengelige ledig vapaa saatavilla vapaana käytettävissä",
    "reserved": "reserveret reserverat reserverad reservert allokerat allokeret varattu varattuna varaukset",
    "minimum": "minimi minimum minsta minste beställningspunkt bestillingspunkt säkerhetslager hälytysraja maks minimumsbeholdning minimilager",
    "transit": "beställt bestilt bestilling i_bestilling i_order beställda på_väg underveis tilattu tilauksessa tulossa inkommande",
    "moved": "sålt solgt såld myyty forbruk förbrukning ut in_leverans skaffetid",
    "price": "pris utpris innpris inpris kostpris försäljningspris salgspris indkøbspris hinta ostohinta myyntihinta moms mva tilbudspris veiledende",
    "value": "verdi värde værdi lagerverdi lagervärde beløb belopp beløp arvo varastoarvo",
    "unit": "enhet enhed yksikkö måleenhet",
    "lot": "parti partinummer erä eränumero batchnr",
    "date": "dato datum utløpsdato bäst_före päivämäärä pvm tilbud_fra tilbud_til",
    "barcode": "strekkode streckkod stregkode viivakoodi",
    "serial": "serienummer serienr sarjanumero",
    "category": "kategori varugrupp varegruppe gruppe leverandør leverantör märke merke ryhmä tuoteryhmä toimittaja",
    "measure": "vekt vikt vægt paino",
    "variant": "størrelse storlek farge färg farve koko väri",
    "flag": "synlig skjul anbefalt aktiv merknad anmärkning huomautus",
    "total": "totalt totalsum summa yhteensä ialt sum",
}

LANGUAGES = (ENGLISH, GERMAN, DUTCH, NORDIC)
