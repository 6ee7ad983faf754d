"""Field names of known systems that no dictionary of a language would give, by the kind of thing that they name."""

FIELDS = {
    "place": "werks lgort whscode whsname warehouseid wh_code source_code sourcecode centro_almacen fulfillment_center_id inventsiteid inventlocationid locationcode"
    " location_code warehouse_code site_id store_id shop_id loc_code warehouse_id location_id lgnum depono codmag cod_magazzino idalmacen cod_almacen idbodega cod_bodega codalm bwhse"
    " warehouse_name location_name store_name inventory_source_code rbl_name stock_location_name outlet_name sklad_id depo_kod",
    "bin": "lgpla lgtyp wmslocationid charg_bin inventlocationbin",
    "sku": "itemcode matnr itemid item_id codart codigoarticulo idarticulo artnr kodtowaru prodnr cod_articulo artikelnr sku_number skuid sku_no sku_nummer merchantsku sellersku offer_sku"
    " listing_sku default_code product_variant_sku item_name_sku kod_tov productnumber product_number stockcodes partnr part_nr itmref_0 item_ref artcode art_code codigo_sku code_sku"
    " isku articlenumber article_id products_model ordernumber stock_id",
    "name": "itemname maktx desart descart dscription stk_desc item_descr itmdes1_0 mat_desc matl_desc product_title products_name",
    "onhand": "onhand labst clabs qtyonhand qty_on_hand availphysical physicalinvent onhandqty on_hand_quantity stockonhand qtyinstock qty_in_stock stock_qty inventory_quantity inventory_qty stock_quantity variant_inventory_qty"
    " quantity_in_stock units_in_stock inventory_level saldo_attuale phystock physto_0 instock quantityonhand inventory_count instock_quantity onhandqty products_quantity stock_qty_on_hand afn_fulfillable_quantity"
    " mfn_fulfillable_quantity quantity_for_local_fulfillment qty_onhand stan_mag kol_vo ostatok kolvo fbaquantity",
    "total_held": "afn_total_quantity afn_warehouse_quantity",
    "reserved": "iscommited is_committed afn_reserved_quantity qtyreserved reservphysical kwmeng vmeng",
    "transit": "onorder on_order trame umlme afn_inbound_working_quantity afn_inbound_shipped_quantity afn_inbound_receiving_quantity qtyonpo orderedin",
    "blocked": "speme insme einme afn_unsellable_quantity retme afn_researching_quantity",
    "minimum": "minstk maxstk eisbe minbe minstock maxstock reorderpoint reorderlevel minlevel maxlevel minamount kritik_seviye",
    "price": "stprs verpr listprice standardcost avgcost lastcost netpr",
    "value": "salk3 stockvalue inventoryvalue totalvalue",
    "unit": "meins invntryuom buom basme msehi",
    "lot": "charg batchnum lotnum",
    "barcode": "ean11 gtin_code codbar codebars bar_code_value",
    "serial": "sernr serialnum intrserial",
    "category": "matkl mtart itmsgrpcod itmsgrpnam prodgroup",
    "foreign": "asin mfn_listing_exists afn_listing_exists docnum docentry cardcode",
}

LANGUAGES = (FIELDS,)
